-- Where a field written by a user's form is kept, so that its data is shown, moved and erased when the form is gone.
ALTER TABLE form_field ADD COLUMN place VARCHAR NOT NULL DEFAULT '{}';
