/** Removes what labs of ended processes left behind: `node --conditions=source labs/hosts/clean.ts`. */
import { cleanupStaleLabs } from './remains.ts';

const removed = await cleanupStaleLabs();
process.stdout.write(removed.length === 0 ? 'nothing to clean\n' : `removed ${removed.join(', ')}\n`);
