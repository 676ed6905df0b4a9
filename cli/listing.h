#pragma once
// What people are shown of lists: a table that fits their terminal.
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/colour.h"
#include "cli/session.h"

namespace kms::cli {

// Text of others, which may hold anything, and how it is to look.
struct Cell {
  Cell() = default;
  Cell(std::string what, Style how = Style::kPlain) : text(std::move(what)), style(how) {}  // NOLINT: as a text
  Cell(const char* what) : text(what) {}                                                    // NOLINT: as a text

  std::string text;
  Style style = Style::kPlain;
};

enum class Cut : std::uint8_t {
  kNever,
  kAsNeeded,  // down to Column::least
  kToLeast,   // at once: of an id a beginning of one length is enough, and more of it no use
};

struct Column {
  std::string_view header;  // of static lifetime
  int rank = 0;             // where not all fit, those of the highest rank go first; those of 0 stay
  Cut cut = Cut::kNever;
  std::size_t least = 0;  // columns of the terminal
};

// How much room there is, and what it can show.
struct Screen {
  std::size_t width = 0;  // in columns; 0: as many as it takes
  bool colour = false;
};
// That of standard output, as the options say. `wide`: nothing is cut or left out.
Screen screen_of(const GlobalOptions& options, bool wide);

// Collects rows and prints them once all are known. Columns in which no row has anything are left out. Where the room
// does not do, columns are cut, those of the highest rank first; then left out, by rank; and where not even those of
// rank 0 fit, each row is printed as lines of its own, one for each column. Not for more than one thread.
class Listing {
 public:
  explicit Listing(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<Cell> row);  // a cell for each column
  void print(std::ostream& out, const Screen& screen) const;

 private:
  using Widths = std::vector<std::size_t>;  // of each column; 0: it is left out
  Widths natural() const;
  bool shrink(Widths& widths, std::size_t room) const;
  bool fit(Widths& widths, std::size_t room) const;
  void print_table(std::ostream& out, const Widths& widths, bool colour) const;
  void print_records(std::ostream& out, const Widths& widths, bool colour) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace kms::cli
