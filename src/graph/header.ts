/** What a revision file says about itself, as read or as given by a bundled application. */
export interface RevisionHeader {
  readonly revision: string;
  /** The parent, several of them for a merge, or `null` for a base. */
  readonly downRevision: string | readonly string[] | null;
  /** Revisions (ids or branch labels) that must be applied before this one without being its parents. */
  readonly dependsOn?: string | readonly string[] | null;
  readonly branchLabels?: string | readonly string[] | null;
  /** Where it was read from; absolute. */
  readonly file?: string;
  /** The first line of the leading comment. */
  readonly message?: string;
  /** `Create Date` of the leading comment, as written there. */
  readonly createDate?: string;
}
