"""How much of a document is read: what is larger is refused before it can cost time or memory."""

#: The largest file, in bytes.
LARGEST_FILE = 20_000_000

#: The most pages of a document, where its format has pages.
MOST_PAGES = 400

#: The most lines of a document, and the most characters of one line and of all; the larger seed has 31,000 in all.
MOST_LINES = 20_000
LONGEST_LINE = 100_000
MOST_CHARACTERS = 3_000_000

#: The largest size of a zip file's parts together, in bytes, and how much smaller than that they may be when packed.
LARGEST_UNPACKED = 100_000_000
LARGEST_RATIO = 200
#: Small parts may be packed as hard as they like.
RATIO_COUNTS_FROM = 2_000_000
MOST_PARTS = 5_000

#: How deep the elements of a part may stand inside each other, and how many there may be.
DEEPEST_XML = 200
MOST_XML_ELEMENTS = 2_000_000

#: What the process that reads a document may use: bytes of memory, seconds of computing and seconds by the clock.
MEMORY = 1_000_000_000
COMPUTING_SECONDS = 60
CLOCK_SECONDS = 120

#: The largest answer of that process, in bytes: all lines, and one page's image.
LARGEST_ANSWER = 50_000_000
LARGEST_IMAGE = 20_000_000
