#pragma once
// Names and text of others as messages, tables and headings show them, so that a line stays one readable line whatever
// a file or a command line holds.

#include <cstddef>
#include <string>
#include <vector>

namespace nonzero {

// The text with a '?' for every control character (C0, DEL, C1), every character without a shape of its own that
// changes how others are shown (bidirectional and zero-width formatting, line and paragraph separators, tags) and every
// byte that is no UTF-8.
std::string printable(const std::string& text);
bool is_printable(const std::string& text);

// A name, printable; a very long one loses its end.
std::string shown_name(const std::string& name);
// The same in single quotes.
std::string quoted_name(const std::string& name);
// A path, a title or a message of a library, printable; a very long one loses its middle, as a path's end says most.
std::string shown_text(const std::string& text);
// "a, b, c"; of many names the first ones and how many there are beside.
std::string listed_names(const std::vector<std::string>& names);

}  // namespace nonzero
