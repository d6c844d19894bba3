/** Addresses of the stage. Each is a page somebody may be sent to: a contest, a team, a competitor, an ability, a venue's screen. */
import { createRouter, createWebHistory } from 'vue-router'
import WholePage from './pages/WholePage.vue'

export const router = createRouter({
  history: createWebHistory('/stage'),
  routes: [
    { path: '/', name: 'contests', component: () => import('./pages/ContestList.vue') },
    { path: '/calendar', name: 'calendar', component: () => import('./pages/CalendarPage.vue') },
    { path: '/me', name: 'me', component: () => import('./pages/MineDoorPage.vue') },
    { path: '/portraits/:share', name: 'shared-portrait', component: () => import('./pages/SharedPortraitPage.vue') },
    { path: '/:contest', name: 'whole', component: WholePage },
    { path: '/:contest/me', name: 'mine', component: () => import('./pages/MinePage.vue') },
    { path: '/:contest/teams', name: 'teams', component: () => import('./pages/TeamsPage.vue') },
    { path: '/:contest/teams/:team', name: 'team', component: () => import('./pages/TeamPage.vue') },
    { path: '/:contest/competitors/:entry', name: 'competitor', component: () => import('./pages/CompetitorPage.vue') },
    { path: '/:contest/competitors/:entry/portrait', name: 'portrait', component: () => import('./pages/PortraitPage.vue') },
    { path: '/:contest/pace', name: 'pace', component: () => import('./pages/PacePage.vue') },
    { path: '/:contest/abilities/:ability?', name: 'ability', component: () => import('./pages/AbilityPage.vue') },
    { path: '/:contest/certificates/:number', name: 'certificate', component: () => import('./pages/CertificatePage.vue') },
    { path: '/:contest/ceremony', name: 'ceremony', component: () => import('./pages/CeremonyPage.vue') },
    { path: '/:contest/screen/:venue', name: 'screen', component: () => import('./pages/ScreenPage.vue') },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./pages/NowherePage.vue') },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
})
