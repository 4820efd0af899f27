// XML in one growing text through libxml2's writer, which escapes. What XML 1.0 cannot hold (control characters) is
// left out, so that no text of a person or a device can break a document.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace madang::situations {

/// The text without what XML 1.0 cannot hold; not escaped.
std::string xml_writable(std::string_view text);

class XmlText {
 public:
  XmlText();
  ~XmlText();
  XmlText(XmlText const&) = delete;
  XmlText& operator=(XmlText const&) = delete;

  XmlText& open(char const* name);
  XmlText& attribute(char const* name, std::string_view value);
  XmlText& close();
  XmlText& element(char const* name, std::string_view text);
  /// Nothing where the text is empty.
  XmlText& optional_element(char const* name, std::string_view text);
  /// Closes what is open; once.
  std::string take();

 private:
  struct Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace madang::situations
