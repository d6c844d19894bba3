/** Addresses of the stage. Each is a page somebody may be sent to: a contest, a team, a competitor, an ability, a venue's screen. */
import { createRouter, createWebHistory } from 'vue-router'
import WholePage from './pages/WholePage.vue'

/** A page that is fetched when it is gone to, with the words of such pages. */
const later = <Page>(page: () => Promise<Page>) => async () => (await Promise.all([page(), import('./later')]))[0]

export const router = createRouter({
  history: createWebHistory('/stage'),
  routes: [
    { path: '/', name: 'contests', component: later(() => import('./pages/ContestList.vue')) },
    { path: '/calendar', name: 'calendar', component: later(() => import('./pages/CalendarPage.vue')) },
    { path: '/me', name: 'me', component: later(() => import('./pages/MineDoorPage.vue')) },
    { path: '/portraits/:share', name: 'shared-portrait', component: later(() => import('./pages/SharedPortraitPage.vue')) },
    { path: '/:contest', name: 'whole', component: WholePage },
    { path: '/:contest/me', name: 'mine', component: later(() => import('./pages/MinePage.vue')) },
    { path: '/:contest/teams', name: 'teams', component: later(() => import('./pages/TeamsPage.vue')) },
    { path: '/:contest/teams/:team', name: 'team', component: later(() => import('./pages/TeamPage.vue')) },
    { path: '/:contest/competitors/:entry', name: 'competitor', component: later(() => import('./pages/CompetitorPage.vue')) },
    { path: '/:contest/competitors/:entry/portrait', name: 'portrait', component: later(() => import('./pages/PortraitPage.vue')) },
    { path: '/:contest/pace', name: 'pace', component: later(() => import('./pages/PacePage.vue')) },
    { path: '/:contest/abilities/:ability?', name: 'ability', component: later(() => import('./pages/AbilityPage.vue')) },
    { path: '/:contest/certificates/:number', name: 'certificate', component: later(() => import('./pages/CertificatePage.vue')) },
    { path: '/:contest/ceremony', name: 'ceremony', component: later(() => import('./pages/CeremonyPage.vue')) },
    { path: '/:contest/screen/:venue', name: 'screen', component: later(() => import('./pages/ScreenPage.vue')) },
    { path: '/:rest(.*)*', name: 'nowhere', component: later(() => import('./pages/NowherePage.vue')) },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
})
