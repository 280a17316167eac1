import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Ends the output with `N passed, N failed, N skipped`, counting each test once. */
export default class ClosingLine implements Reporter {
  private readonly endings = new Map<string, 'passed' | 'failed' | 'skipped'>();

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === 'skipped') {
      this.endings.set(test.id, 'skipped');
    } else {
      this.endings.set(test.id, test.outcome() === 'unexpected' ? 'failed' : 'passed');
    }
  }

  onExit(): Promise<void> {
    const count = (ending: string) =>
      [...this.endings.values()].filter((other) => other === ending).length;
    console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
    return Promise.resolve();
  }

  printsToStdio(): boolean {
    return false;
  }
}
