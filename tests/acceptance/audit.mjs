// Runs the reference audit of GraphQL over HTTP against a running system and prints what is not as it should be.
//
//     npm install --no-save graphql-http graphql     (anywhere; node finds them from the working directory)
//     node tests/acceptance/audit.mjs http://127.0.0.1:8000/graphql
//
// Exit code 0: no error and no warning.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(process.cwd() + '/'));
const { auditServer } = require('graphql-http');

const url = process.argv[2] ?? 'http://127.0.0.1:8000/graphql';
const results = await auditServer({ url, fetchFn: fetch });
const found = { ok: 0, notice: 0, warn: 0, error: 0 };
for (const result of results) {
  found[result.status] += 1;
  if (result.status !== 'ok') {
    console.log(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
  }
}
console.log(JSON.stringify({ audits: results.length, ...found }));
process.exit(found.warn + found.error > 0 ? 1 : 0);
