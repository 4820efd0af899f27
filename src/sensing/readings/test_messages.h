// The real catalogue, for tests of pages and sentences.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/messages.h"

namespace madang::sensing {

inline runtime::Messages test_messages(std::string const& zone = "Asia/Seoul") {
  std::vector<std::string> texts;
  for (auto const* language : {"en", "ko"}) {
    std::ifstream in(std::string{MADANG_SOURCE_DIR} + "/locales/" + language + ".json", std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  std::vector<runtime::EmbeddedFile> const files{{"en.json", texts[0]}, {"ko.json", texts[1]}};
  return *runtime::Messages::load(files, zone);
}

}  // namespace madang::sensing
