#pragma once
// HTML that is XML as well: every element is closed, every attribute quoted, and what others wrote is text wherever it
// stands. HTML Living Standard, section 13.1, and XML 1.0.
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kms::cli {

// For text and for quoted attributes. Control characters, those that turn the direction of a line and bytes that are no
// UTF-8 become escapes (terminal_text.h): a browser would obey the ones and guess at the others.
std::string html_escaped(std::string_view text);

// Builds a document from the front. Names of elements and attributes are our own words and go in as they are; all else
// is escaped. Not for more than one thread.
class Html {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  Html();  // begins with the document type

  void open(std::string_view name, Attributes attributes = {});
  void close();                                                   // what was opened last
  void empty(std::string_view name, Attributes attributes = {});  // an element that never has a content
  void text(std::string_view text);
  void lines(std::string_view text);  // whose newlines stay: for what stands in pre
  void element(std::string_view name, std::string_view text, Attributes attributes = {});
  // The document; nothing is left. Throws std::logic_error while an element is open.
  std::string take();

 private:
  void begin_tag(std::string_view name, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace kms::cli
