import { createRouter, createWebHistory } from 'vue-router'
import ContestsView from './views/ContestsView.vue'

export const router = createRouter({
  history: createWebHistory('/desk/'),
  routes: [
    { path: '/', name: 'contests', component: ContestsView },
    { path: '/organisations', name: 'organisations', component: () => import('./views/OrganisationsView.vue') },
    { path: '/persons', name: 'persons', component: () => import('./views/PersonsView.vue') },
    { path: '/accounts', name: 'accounts', component: () => import('./views/AccountsView.vue') },
    { path: '/calendar', name: 'calendar', component: () => import('./seasons/CalendarView.vue') },
    { path: '/seasons', name: 'seasons', component: () => import('./seasons/SeasonsView.vue') },
    { path: '/seasons/new', name: 'new-season', component: () => import('./seasons/NewSeasonView.vue') },
    { path: '/seasons/:season', name: 'season', component: () => import('./seasons/SeasonView.vue'), props: true },
    { path: '/seasons/:season/advancement/:contest', name: 'advancement', component: () => import('./seasons/AdvancementView.vue'), props: true },
    { path: '/contests/new', name: 'new-contest', component: () => import('./making/NewContestView.vue') },
    { path: '/contests/:contest/control', name: 'control', component: () => import('./control/ControlView.vue'), props: true, meta: { wide: true } },
    {
      path: '/contests/:contest',
      component: () => import('./views/ContestView.vue'),
      props: true,
      children: [
        { path: '', name: 'overview', component: () => import('./views/OverviewView.vue'), props: true },
        { path: 'entries', name: 'entries', component: () => import('./views/EntriesView.vue'), props: true },
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
        { path: 'results', name: 'results', component: () => import('./results/ResultsView.vue'), props: true },
        { path: 'analysis', name: 'analysis', component: () => import('./analysis/AnalysisView.vue'), props: true },
        { path: 'recordings', name: 'recordings', component: () => import('./recordings/RecordingsView.vue'), props: true },
      ],
    },
    { path: '/:rest(.*)', name: 'nowhere', component: () => import('./views/NowhereView.vue') },
  ],
})
