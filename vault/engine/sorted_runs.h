#pragma once
// Puts records in the order of their keys that are too many for memory: they are gathered up to a limit, sorted and
// written to a file as one run, and the runs are merged. What fits below the limit meets no file.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/file.h"

namespace kms::vault {

// First add() each record, then next() until it is false. Belongs to one thread. Memory: `limit`, and while runs are
// merged at least 64 KiB for each. Throws FileException, or what `make_file` throws. What is added meets the file as it
// is: only what is sealed may come here.
class SortedRuns {
 public:
  // The file gets no name, and nothing of it is left.
  SortedRuns(std::size_t limit, std::function<OutputFile()> make_file, std::string name);
  ~SortedRuns();
  SortedRuns(const SortedRuns&) = delete;
  SortedRuns& operator=(const SortedRuns&) = delete;
  SortedRuns(SortedRuns&&) = delete;
  SortedRuns& operator=(SortedRuns&&) = delete;

  void add(ByteView key, ByteView value);
  // The first call ends what is added. Those with the same key come one after the other.
  bool next();
  // Of the record that next() came to, until the next call.
  ByteView key() const;
  ByteView value() const;

 private:
  class Run;
  static bool comes_later(const Run* one, const Run* other);
  void sort_gathered();
  void write_run();
  void end_adding();
  void advance(Run& run);
  ByteView record() const;
  const std::size_t limit_;
  const std::function<OutputFile()> make_file_;
  const std::string name_;
  Bytes gathered_;                   // records one after the other
  std::vector<std::size_t> places_;  // where each begins
  std::size_t place_ = 0;            // where next() is among them, when there is no file
  std::optional<OutputFile> file_;
  std::uint64_t written_ = 0;
  std::vector<Run> runs_;
  std::size_t read_size_ = 0;
  std::vector<Run*> heap_;  // of the runs that are not at their end; the one with the lowest key in front
  bool added_ = false;      // all
};

}  // namespace kms::vault
