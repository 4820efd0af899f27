#include "situations/xml_text.h"

#include <libxml/xmlwriter.h>

#include "core/error.h"
#include "core/text.h"

namespace madang::situations {
namespace {

xmlChar const* as_xml(char const* text) { return reinterpret_cast<xmlChar const*>(text); }

}  // namespace

/// XML 1.0's Char: UTF-8 without control characters, U+FFFE and U+FFFF.
std::string xml_writable(std::string_view text) {
  auto out = repair_utf8(text);
  std::erase_if(out, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
  for (std::string_view const banned : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
    for (auto at = out.find(banned); at != std::string::npos; at = out.find(banned)) out.erase(at, banned.size());
  return out;
}

struct XmlText::Writer {
  xmlBufferPtr buffer;
  xmlTextWriterPtr writer;
};

XmlText::XmlText() {
  static std::once_flag once;
  std::call_once(once, [] { xmlInitParser(); });
  auto* const buffer = xmlBufferCreate();
  MADANG_ASSERT(buffer != nullptr);
  auto* const writer = xmlNewTextWriterMemory(buffer, 0);
  MADANG_ASSERT(writer != nullptr);
  writer_ = std::make_unique<Writer>(Writer{buffer, writer});
  xmlTextWriterSetIndent(writer, 1);
  xmlTextWriterSetIndentString(writer, as_xml("  "));
  xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nullptr);
}

XmlText::~XmlText() {
  if (writer_->writer != nullptr) xmlFreeTextWriter(writer_->writer);
  xmlBufferFree(writer_->buffer);
}

XmlText& XmlText::open(char const* name) {
  xmlTextWriterStartElement(writer_->writer, as_xml(name));
  return *this;
}

XmlText& XmlText::attribute(char const* name, std::string_view value) {
  xmlTextWriterWriteAttribute(writer_->writer, as_xml(name), as_xml(xml_writable(value).c_str()));
  return *this;
}

XmlText& XmlText::close() {
  xmlTextWriterEndElement(writer_->writer);
  return *this;
}

XmlText& XmlText::element(char const* name, std::string_view text) {
  xmlTextWriterWriteElement(writer_->writer, as_xml(name), as_xml(xml_writable(text).c_str()));
  return *this;
}

XmlText& XmlText::optional_element(char const* name, std::string_view text) {
  return text.empty() ? *this : element(name, text);
}

std::string XmlText::take() {
  xmlTextWriterEndDocument(writer_->writer);
  xmlFreeTextWriter(writer_->writer);
  writer_->writer = nullptr;
  auto const* const bytes = reinterpret_cast<char const*>(xmlBufferContent(writer_->buffer));
  return {bytes, static_cast<std::size_t>(xmlBufferLength(writer_->buffer))};
}

}  // namespace madang::situations
