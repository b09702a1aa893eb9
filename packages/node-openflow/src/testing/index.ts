export { type SwitchAddress, TestSwitch, type TestSwitchOptions } from './test-switch.ts';
