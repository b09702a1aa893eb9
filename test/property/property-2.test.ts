import { agreeOnPart } from './run-part.test-support.ts';

agreeOnPart(1);
