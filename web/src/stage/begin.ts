import { begin } from './first'

begin()
