/** The three questions of the README: each is one short query. `{tenant}` is the demo's own. */
export const questions = [
  {
    title: 'What led up to the crash? (context before a crash)',
    sql: `SELECT agent_id, title, rationale
FROM swarmledger.crash_context
ORDER BY crash_time DESC, version DESC
LIMIT 5`,
  },
  {
    title: 'Which files were rewritten too often? (an agent going in circles)',
    sql: `SELECT project_id, path, changes, agents
FROM swarmledger.rewritten_files(times = 3, minutes = 60)
ORDER BY changes DESC
LIMIT 3 BY project_id
LIMIT 6`,
  },
  {
    title: 'Why was this changed? (the decision behind a change)',
    sql: `SELECT path, action, agent_id, decision
FROM swarmledger.change_decisions
WHERE decision != ''
ORDER BY version DESC
LIMIT 5`,
  },
] as const;
