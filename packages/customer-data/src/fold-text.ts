// Words without accents, case and punctuation, in the database: "Zoë's e-mail" becomes "zoe s e mail", so that a search finds them however they are
// typed. The collation is named, because the answer of an immutable function must not depend on how the database was created.

/** DDL of `fold_text(text)`, for the migrations of services that search. */
export const FOLD_TEXT = `
      create function fold_text(words text) returns text language sql immutable parallel safe return
        regexp_replace(
          regexp_replace(
            normalize(replace(translate(lower(words collate pg_c_utf8), 'øłđıæœ', 'oldiao'), 'ß', 'ss'), NFKD),
            '[\\u0300-\\u036f]', '', 'g'),
          '[^[:alnum:]]+' collate pg_c_utf8, ' ', 'g');
`;
