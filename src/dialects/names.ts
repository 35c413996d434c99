/** The SQL dialects Torale speaks. MariaDB and MySQL are flavors of `mysql`. */
export const DIALECTS = ['postgres', 'mysql', 'sqlite'] as const;

export type DialectName = (typeof DIALECTS)[number];

export type Flavor = 'postgres' | 'mysql' | 'mariadb' | 'sqlite';
