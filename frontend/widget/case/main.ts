/** The customer's page: one conversation, opened by its link. */
export {}
