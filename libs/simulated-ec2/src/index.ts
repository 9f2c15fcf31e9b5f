export * from './control.js';
export * from './settings.js';
export * from './start-simulator.js';
