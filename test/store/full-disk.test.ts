import { testFullDisks } from '../support/full-disk.ts'

testFullDisks('tmpfs')
