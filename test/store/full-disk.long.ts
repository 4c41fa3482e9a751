import { testFullDisks } from '../support/full-disk.ts'

/* An image of ext4 behind a loop device, which not every container may mount. */

testFullDisks('ext4')
