-- Which lines a site repeats, how often, when and where on its pages.
--
-- Reads the tables `gathered_documents` and `gathered_lines` (cleaner/learn/gather.py). Keeps to what DuckDB and Spark SQL both understand.
-- The bars are wide: what passes them is judged, line by line, in cleaner/templates/judge.py. They were set by eye on
-- the invented sites of benchmarks/templates.py.
WITH
-- A page that was fetched again counts once, and so does a text that stands at several addresses. What differs among its
-- copies decides which of them, so that every engine takes the same.
fetched AS (SELECT max_by(doc, version) AS doc FROM gathered_documents GROUP BY site, page),
unlike AS (
    SELECT min_by(d.doc, d.version) AS doc
    FROM gathered_documents d JOIN fetched f ON d.doc = f.doc GROUP BY d.site, d.content
),
pages AS (
    SELECT d.doc, d.site, d.name, d.day, d.title, d.chars FROM gathered_documents d JOIN unlike u ON d.doc = u.doc
),
-- A line is repeated if at least three pages have it, and one in a thousand of the site's. Others are a page's own.
-- What three pages in ten have is common: it stands between a page's edge and its story.
sizes AS (SELECT site, count(*) AS pages FROM pages GROUP BY site),
repeated AS (
    SELECT l.key, min(p.site) AS site, count(*) AS pages
    FROM gathered_lines l JOIN pages p ON l.doc = p.doc
    GROUP BY l.key HAVING count(*) >= 3
),
known AS (
    SELECT r.key, r.pages >= 0.3 * s.pages AS common
    FROM repeated r JOIN sizes s ON r.site = s.site
    WHERE r.pages >= 0.001 * s.pages
),
marked AS (
    SELECT l.doc, l.key, l.form, l.place, l.chars, l.prose, k.key IS NULL AS own, coalesce(k.common, false) AS common
    FROM gathered_lines l JOIN pages p ON l.doc = p.doc LEFT JOIN known k ON l.key = k.key
),
-- Where a page's own lines begin and end, and its own paragraphs; how much is its own, how much is not.
stories AS (
    SELECT doc,
        min(CASE WHEN own THEN place END) AS own_from, max(CASE WHEN own THEN place END) AS own_to,
        min(CASE WHEN own AND prose THEN place END) AS prose_from,
        max(CASE WHEN own AND prose THEN place END) AS prose_to,
        sum(CASE WHEN own THEN chars ELSE 0 END) AS own,
        sum(CASE WHEN NOT own AND NOT common AND prose THEN chars ELSE 0 END) AS copied,
        sum(CASE WHEN common AND prose THEN chars ELSE 0 END) AS standing
    FROM marked GROUP BY doc
),
-- A page counts if a fifth of its running text is its own, of that which not all pages have, and a tenth of all. Copies
-- of a story, its versions and live pages that go on for days would count the story's paragraphs many times.
told AS (
    SELECT doc, own_from, own_to, coalesce(prose_from, own_from) AS prose_from, coalesce(prose_to, own_to) AS prose_to
    FROM stories
    WHERE own > 0 AND own >= 0.2 * (own + copied) AND own >= 0.1 * (own + copied + standing)
),
-- The innermost common line above a page's own lines, and below them. Above, it tells the menu from what belongs to the
-- story only where a headline follows, which is a line of the page's own.
bounds AS (
    SELECT t.doc, t.own_from, t.own_to, t.prose_from, t.prose_to,
        max(CASE WHEN m.common AND m.place < t.own_from THEN m.place END) AS common_to,
        min(CASE WHEN m.common AND m.place > t.own_to THEN m.place END) AS common_from
    FROM told t JOIN marked m ON t.doc = m.doc
    GROUP BY t.doc, t.own_from, t.own_to, t.prose_from, t.prose_to
),
counted AS (
    SELECT m.key, min(p.site) AS site, count(*) AS pages, count(DISTINCT p.day) AS days,
        min(p.day) AS day_from, max(p.day) AS day_to,
        sum(CASE WHEN m.place < b.prose_from THEN 1 ELSE 0 END) AS above,
        sum(CASE WHEN m.place > b.prose_to THEN 1 ELSE 0 END) AS below,
        sum(CASE WHEN m.place < b.own_from OR m.place > b.own_to THEN 1 ELSE 0 END) AS edge,
        sum(CASE WHEN m.place < b.common_to AND b.own_from < b.prose_from THEN 1
                 WHEN m.place > b.common_from THEN 1 ELSE 0 END) AS deep,
        sum(m.chars) AS chars, min(m.form) <> max(m.form) AS varies, max(m.prose) AS prose
    FROM marked m JOIN bounds b ON m.doc = b.doc JOIN pages p ON m.doc = p.doc
    WHERE NOT m.own GROUP BY m.key HAVING count(*) >= 3
),
words AS (
    SELECT l.key, min(l.text) AS text, min(l.path) AS path
    FROM gathered_lines l JOIN counted c ON l.key = c.key GROUP BY l.key
),
-- A headline is the title of two pages or of one in fifty.
titles AS (SELECT title AS key, count(*) AS pages FROM pages WHERE title IS NOT NULL GROUP BY title),
-- How many pages a site had from one day to another.
calendar AS (
    SELECT p.site, p.day, count(*) AS pages FROM pages p JOIN told t ON p.doc = t.doc
    WHERE p.day IS NOT NULL GROUP BY p.site, p.day
),
running AS (SELECT site, day, pages, sum(pages) OVER (PARTITION BY site ORDER BY day) AS until FROM calendar),
sites AS (
    SELECT p.site, min(p.name) AS name, count(*) AS pages, count(DISTINCT p.day) AS days,
        min(p.day) AS day_from, max(p.day) AS day_to, sum(p.chars) AS chars
    FROM pages p JOIN told t ON p.doc = t.doc GROUP BY p.site
)
-- One row a line, after one row without `key` for the site itself; sorted by the site's name.
SELECT name, key, text, path, pages, in_time, days, day_from, day_to, above, below, edge, deep, chars,
    varies, prose, headline
FROM (
    SELECT s.name, c.key, w.text, w.path, c.pages,
        greatest(c.pages, coalesce(z.until - a.until + a.pages, s.pages)) AS in_time,
        c.days, c.day_from, c.day_to, c.above, c.below, c.edge, c.deep, c.chars, c.varies, c.prose,
        coalesce(t.pages <= greatest(2, 0.02 * s.pages), false) AS headline
    FROM counted c JOIN sites s ON c.site = s.site JOIN words w ON c.key = w.key
        LEFT JOIN running a ON c.site = a.site AND c.day_from = a.day
        LEFT JOIN running z ON c.site = z.site AND c.day_to = z.day
        LEFT JOIN titles t ON c.key = t.key
    WHERE w.text IS NOT NULL
    UNION ALL
    SELECT name, NULL, NULL, NULL, pages, pages, days, day_from, day_to, 0, 0, 0, 0, chars, false, false, false
    FROM sites
) AS found
ORDER BY name, key NULLS FIRST
