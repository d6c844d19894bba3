import { createRouter, createWebHistory } from 'vue-router'
import ContestsView from './views/ContestsView.vue'

export const router = createRouter({
  history: createWebHistory('/desk/'),
  routes: [
    { path: '/', name: 'contests', component: ContestsView },
    { path: '/organisations', name: 'organisations', component: () => import('./views/OrganisationsView.vue') },
    { path: '/persons', name: 'persons', component: () => import('./views/PersonsView.vue') },
    { path: '/accounts', name: 'accounts', component: () => import('./views/AccountsView.vue') },
    { path: '/applications', name: 'applications', component: () => import('./registration/MyApplicationsView.vue') },
    { path: '/contests/new', name: 'new-contest', component: () => import('./making/NewContestView.vue') },
    { path: '/contests/new/design', name: 'new-design', component: () => import('./designer/NewDesignView.vue'), meta: { wide: true } },
    { path: '/contests/:contest/design', name: 'design', component: () => import('./designer/DesignView.vue'), props: true, meta: { wide: true } },
    { path: '/contests/:contest/control', name: 'control', component: () => import('./control/ControlView.vue'), props: true, meta: { wide: true } },
    {
      path: '/contests/:contest',
      component: () => import('./views/ContestView.vue'),
      props: true,
      children: [
        { path: '', name: 'overview', component: () => import('./views/OverviewView.vue'), props: true },
        { path: 'entries', name: 'entries', component: () => import('./views/EntriesView.vue'), props: true },
        { path: 'registration', name: 'registration', component: () => import('./registration/RegistrationView.vue'), props: true },
        { path: 'judges', name: 'judges', component: () => import('./views/JudgesView.vue'), props: true },
        { path: 'import', name: 'import', component: () => import('./views/ImportView.vue'), props: true },
        { path: 'theory', name: 'theory', component: () => import('./theory/TheoryView.vue'), props: true },
        { path: 'gateways', name: 'gateways', component: () => import('./gateways/GatewaysView.vue'), props: true },
        { path: 'passwords', name: 'passwords', component: () => import('./passwords/PasswordsView.vue'), props: true },
        { path: 'scheme', name: 'scheme', component: () => import('./views/SchemeView.vue'), props: true },
        { path: 'rules', name: 'rules', component: () => import('./bench/BenchView.vue'), props: true },
        { path: 'recheck', name: 'recheck', component: () => import('./recheck/RecheckView.vue'), props: true },
        { path: 'appeals', name: 'appeals', component: () => import('./appeals/AppealsView.vue'), props: true },
        { path: 'draw', name: 'draw', component: () => import('./draw/DrawView.vue'), props: true },
        { path: 'letters', name: 'letters', component: () => import('./letters/LettersView.vue'), props: true },
        { path: 'results', name: 'results', component: () => import('./results/ResultsView.vue'), props: true },
        { path: 'analysis', name: 'analysis', component: () => import('./analysis/AnalysisView.vue'), props: true },
        { path: 'recordings', name: 'recordings', component: () => import('./recordings/RecordingsView.vue'), props: true },
      ],
    },
    { path: '/:rest(.*)', name: 'nowhere', component: () => import('./views/NowhereView.vue') },
  ],
})
