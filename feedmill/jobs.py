"""The name under which the service asks for work that the workers do."""

PROCESS_PAGES = "workers.jobs.process_pages"
