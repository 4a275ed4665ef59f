"""Stories: articles about the same event share a `story_id`. Pure but for `assign`, which asks Redis."""
