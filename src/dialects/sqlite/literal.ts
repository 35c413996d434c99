// Stand-in until the real one is written.
export function literal(v: any): string { return v===null?'NULL':typeof v==='number'?String(v):"'"+String(v).replaceAll("'","''")+"'"; }
export function inline(sql: string, b: readonly any[]): string { let i=0; return sql.replace(/\$(\d+)|\?/g,(m,n)=>literal(n?b[n-1]:b[i++])); }
