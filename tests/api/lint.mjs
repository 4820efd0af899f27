// Judges api/openapi.yaml by Redocly's strictest rules, without asking the network:  node lint.mjs [FILE]
import { createConfig, formatProblems, getTotals, lint } from '@redocly/openapi-core';

const file = process.argv[2] ?? new URL('../../api/openapi.yaml', import.meta.url).pathname;
// SensorThings' own grammar of addresses, and fixed names that win over {id}: src/web/http/router.h.
const config = await createConfig({ extends: ['recommended-strict'], rules: { 'no-ambiguous-paths': 'off' } });
const problems = await lint({ ref: file, config });
const totals = getTotals(problems);
if (problems.length > 0) formatProblems(problems, { format: 'codeframe', totals, version: '1' });
console.log(`${file}: ${totals.errors} errors, ${totals.warnings} warnings`);
process.exit(problems.length > 0 ? 1 : 0);
