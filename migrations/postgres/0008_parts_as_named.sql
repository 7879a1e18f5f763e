-- How the client of a final upload named its parts: tus gives the header back "as received".

ALTER TABLE uploads ADD COLUMN raw_parts TEXT;    -- NULL: no final upload, or one from before this column
