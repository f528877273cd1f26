/** Something that does not agree with history, or cannot be read. */
export interface Problem {
  /** `tenant/project`, `tenant`, or `feed`. */
  readonly where: string;
  readonly what: string;
}

/** What was looked at. */
export interface VerifyCounts {
  tenants: number;
  projects: number;
  branches: number;
  events: number;
  pathChanges: number;
  contents: number;
  contentBytes: number;
  /** Content that is not whole yet: its change has not arrived, or never will. Its bytes are not judged. */
  stagedContents: number;
  feedRecords: number;
}

/** Problems that are described; the others are only counted. */
const describedMax = 1_000;

export class Findings {
  readonly counts: VerifyCounts = {
    tenants: 0,
    projects: 0,
    branches: 0,
    events: 0,
    pathChanges: 0,
    contents: 0,
    contentBytes: 0,
    stagedContents: 0,
    feedRecords: 0,
  };
  readonly described: Problem[] = [];
  problems = 0;

  add(where: string, what: string): void {
    this.problems += 1;
    if (this.described.length < describedMax) this.described.push({ where, what });
  }
}
