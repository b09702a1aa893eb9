/**
 * Writes API.md, the reference of everything that the package exports, from the declarations and their comments.
 *
 *   node scripts/generate-api.ts            writes the page
 */

import { writeFileSync } from 'node:fs';
import { apiPage, apiPagePath } from './api-page.ts';

writeFileSync(apiPagePath, apiPage());
