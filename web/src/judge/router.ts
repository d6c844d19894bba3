import { createRouter, createWebHistory } from 'vue-router'
import ContestsView from './views/ContestsView.vue'
import NowhereView from './views/NowhereView.vue'
import SheetView from './views/SheetView.vue'
import StationsView from './views/StationsView.vue'

// Nothing is loaded later: a tablet that is cut off must have every screen already.
export const router = createRouter({
  history: createWebHistory('/judge/'),
  routes: [
    { path: '/', name: 'contests', component: ContestsView },
    { path: '/contests/:contest', name: 'stations', component: StationsView, props: true },
    { path: '/contests/:contest/runs/:run', name: 'sheet', component: SheetView, props: true },
    // A door of the demonstration, or a link on paper, names the contest alone.
    { path: '/:contest(con_[^/]+)', redirect: ({ params }) => ({ name: 'stations', params: { contest: params['contest'] as string } }) },
    { path: '/:rest(.*)', name: 'nowhere', component: NowhereView },
  ],
})
