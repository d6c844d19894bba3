/** Words of the pages that nobody sees first: they come with the first of these pages, so that a phone has less to fetch for the board. */
import { addMessages } from '@shared/i18n'
import zh from './locales/zh-CN.json'
import en from './locales/en.json'

addMessages(zh, en)
