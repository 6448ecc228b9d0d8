// Runs the files of the system tests one after another, in jest's own process, so that their
// ports and child processes never meet. They mostly wait; the files of the other projects that
// use this runner compute in workers meanwhile. (Runners of their own would wait for each other.)
const { default: TestRunner } = require('jest-runner');

const isSystem = ({ context }) => context.config.displayName?.name === 'system';

// These have networks or addresses that no other file has, and wait more than they compute.
const APART = /\/(announcements|flap-matrix|freeswitch-calls|lab|peers)\.test\.ts$/;

module.exports = class BesideRunner extends TestRunner {
  async runTests(tests, watcher, { serial }) {
    const inTurn = (one) => isSystem(one) && !APART.test(one.path);
    const system = tests.filter(inTurn);
    const others = tests.filter((one) => !inTurn(one));
    const runs = [];
    if (others.length > 0) {
      const isAlone = system.length === 0;
      runs.push(super.runTests(others, watcher, { serial: serial && isAlone }));
    }
    if (system.length > 0) runs.push(super.runTests(system, watcher, { serial: true }));
    await Promise.all(runs);
  }
};
