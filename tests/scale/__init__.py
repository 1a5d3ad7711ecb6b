"""The site with every municipality of Sweden in it: made up, measured, and every plan of the database looked at."""
