import { findFaults } from './find-faults.test-support.ts';

findFaults(5);
