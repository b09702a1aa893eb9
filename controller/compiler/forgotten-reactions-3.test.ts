import { findForgottenReactions } from './reactions.test-support.ts';

findForgottenReactions(2);
