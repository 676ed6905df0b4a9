#include "cli/standard_streams.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <iostream>

#include "core/base/error.h"
#include "core/base/file.h"

namespace kms::cli {
namespace {

std::atomic<bool> reader_is_lost = false;

// Asked of the descriptor: by the time that a stream is found to have failed, errno is that of a later call.
void learn_of_reader() {
  pollfd output{STDOUT_FILENO, 0, 0};
  reader_is_lost = poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

}  // namespace

void StandardStreams::claim_input() {
  if (input_is_claimed_) {
    throw Error(ErrorCode::kUsage, "standard input is read once: it cannot be two of the inputs");
  }
  input_is_claimed_ = true;
}

void StandardStreams::write(ByteView bytes) const {
  try {
    write_all(output_, bytes, "standard output");
  } catch (const Error&) {
    learn_of_reader();
    throw;
  }
}

bool StandardStreams::wait(std::chrono::milliseconds time) const {
  pollfd output{output_, 0, 0};  // of which only what ends it is told
  if (poll(&output, 1, static_cast<int>(time.count())) < 1) return true;
  reader_is_lost = true;
  return false;
}

void flush_output() {
  if (std::cout.flush()) return;
  learn_of_reader();
  throw Error(ErrorCode::kFile, "standard output cannot be written");
}

bool has_lost_reader() {
  return reader_is_lost;
}

}  // namespace kms::cli
