// Runs the files of the system tests one after another, in jest's own process, so that their
// ports and child processes never meet. They mostly wait; the files of the other projects that
// use this runner compute in workers meanwhile. (Runners of their own would wait for each other.)
const { default: TestRunner } = require('jest-runner');

const isSystem = ({ context }) => context.config.displayName?.name === 'system';

module.exports = class BesideRunner extends TestRunner {
  async runTests(tests, watcher, { serial }) {
    const system = tests.filter(isSystem);
    const others = tests.filter((one) => !isSystem(one));
    const runs = [];
    if (others.length > 0) {
      const isAlone = system.length === 0;
      runs.push(super.runTests(others, watcher, { serial: serial && isAlone }));
    }
    if (system.length > 0) runs.push(super.runTests(system, watcher, { serial: true }));
    await Promise.all(runs);
  }
};
