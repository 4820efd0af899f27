// What tests of messages share: the archive over real records, and XML as a receiver's library reads it.
#pragma once

#include <gtest/gtest.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <cstdarg>
#include <cstdio>
#include <regex>
#include <string>
#include <vector>

#include "embedded_locales.h"
#include "situations/alerts.h"
#include "situations/cap_grammar.h"
#include "situations/test_situations.h"

namespace madang::situations {

/// The catalogues of this repository.
inline runtime::Messages repository_messages() { return *runtime::Messages::load(embedded_locales(), "Asia/Seoul"); }

/// A parsed document. Paths are XPath without prefixes: all elements of ours stand in one namespace.
class Xml {
 public:
  explicit Xml(std::string xml) : text(std::move(xml)) {
    document_ = xmlReadMemory(text.data(), static_cast<int>(text.size()), "test.xml", nullptr,
                              XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    EXPECT_NE(document_, nullptr) << "not well-formed:\n" << text;
  }
  ~Xml() { xmlFreeDoc(document_); }
  Xml(Xml const&) = delete;
  Xml& operator=(Xml const&) = delete;

  [[nodiscard]] std::string name_space() const {
    auto const* root = xmlDocGetRootElement(document_);
    return root == nullptr || root->ns == nullptr ? "" : reinterpret_cast<char const*>(root->ns->href);
  }

  /// The contents of all that the path names.
  [[nodiscard]] std::vector<std::string> texts(std::string const& path) const {
    static std::regex const step(R"(/([A-Za-z]))");
    auto const prefixed = std::regex_replace(path, step, "/n:$1");
    auto* const context = xmlXPathNewContext(document_);
    xmlXPathRegisterNs(context, reinterpret_cast<xmlChar const*>("n"),
                       reinterpret_cast<xmlChar const*>(name_space().c_str()));
    auto* const found = xmlXPathEvalExpression(reinterpret_cast<xmlChar const*>(prefixed.c_str()), context);
    std::vector<std::string> out;
    auto const* const nodes = found == nullptr ? nullptr : found->nodesetval;
    for (int i = 0; nodes != nullptr && i < nodes->nodeNr; ++i) {
      auto* const content = xmlNodeGetContent(nodes->nodeTab[i]);
      out.emplace_back(reinterpret_cast<char const*>(content));
      xmlFree(content);
    }
    xmlXPathFreeObject(found);
    xmlXPathFreeContext(context);
    return out;
  }

  /// What breaks the grammar; empty: nothing.
  [[nodiscard]] std::string grammar_errors() const {
    std::string errors;
    std::string const grammar = kCapGrammar;
    auto* const parser = xmlRelaxNGNewMemParserCtxt(grammar.data(), static_cast<int>(grammar.size()));
    auto* const schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    if (schema == nullptr) return "the grammar itself is wrong";
    auto* const validator = xmlRelaxNGNewValidCtxt(schema);
    xmlRelaxNGSetValidErrors(validator, &note_error, nullptr, &errors);
    if (xmlRelaxNGValidateDoc(validator, document_) != 0 && errors.empty()) errors = "invalid";
    xmlRelaxNGFreeValidCtxt(validator);
    xmlRelaxNGFree(schema);
    return errors;
  }

  std::string const text;

 private:
  static void note_error(void* errors, char const* format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    *static_cast<std::string*>(errors) += line;
  }

  xmlDocPtr document_ = nullptr;
};

/// Situations whose changes are published.
class AlertsTest : public SituationsTest {
 protected:
  AlertsTest() {
    open_alerts({.city = both("Testville", "시험시"),
                 .zone = "Asia/Seoul",
                 .base_address = "https://city.example",
                 .sender = "madang@city.example"});
  }
  ~AlertsTest() override { situations.reset(); }

  void open_alerts(Publisher by) {
    publisher = std::move(by);
    alerts = *Alerts::open({.records = *records, .situations = *situations, .city = *city, .messages = messages}, publisher);
  }
  /// As a server does that starts again with other settings.
  void reopen_alerts(Publisher by) {
    reopen();
    open_alerts(std::move(by));
  }

  runtime::Messages const messages = repository_messages();
  modules::Permissions const permissions;
  Publisher publisher;
  std::unique_ptr<Alerts> alerts;
};

}  // namespace madang::situations
