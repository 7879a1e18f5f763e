-- More signs look alike since kana and Hangul may be in names. Names of ASCII look as they did; what the others look like is
-- found out anew at this start.

UPDATE users SET username_skeleton = NULL WHERE octet_length(username) <> char_length(username);
