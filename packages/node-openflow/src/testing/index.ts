export * from '../simulator/index.ts';
export { type SwitchAddress, TestSwitch, type TestSwitchOptions } from './test-switch.ts';
