// A SensorThings server whose pages end where it likes: behind two entities, whatever $top asks for. Its links name it by a public
// address, at which no test reaches it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/tcp_receiver.h"

namespace madang::test {

class ShortPages {
 public:
  /// By path behind the root, "Things": the JSON of each entity. A path that is not here has none.
  using Collections = std::map<std::string, std::vector<std::string>, std::less<>>;
  explicit ShortPages(Collections collections)
      : collections_(std::move(collections)), receiver_([this](Wire& wire) { serve(wire); }) {}

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(receiver_.port()); }

 private:
  static constexpr std::string_view kRoot = "/sta/v1.1/";
  static constexpr std::size_t kPage = 2;

  void serve(Wire& wire) const {
    while (auto const request = wire.line()) {
      for (auto field = wire.line(); field && !field->empty(); field = wire.line()) {}
      auto const body = page_of(request->substr(4, request->rfind(' ') - 4));
      wire.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
  }

  [[nodiscard]] std::string page_of(std::string const& target) const {
    auto const query_at = std::min(target.find('?'), target.size());
    auto const path = target.substr(kRoot.size(), query_at - kRoot.size());
    auto query = target.substr(query_at);
    static constexpr std::string_view kSkip = "&$skip=";
    auto const skip_at = query.find(kSkip);
    std::size_t const skip = skip_at == std::string::npos ? 0 : std::stoul(query.substr(skip_at + kSkip.size()));
    query.resize(std::min(skip_at, query.size()));
    auto const found = collections_.find(path);
    auto const all = found == collections_.end() ? std::vector<std::string>{} : found->second;
    std::string out = "{";
    if (skip + kPage < all.size())
      out += R"("@iot.nextLink":"https://city.example/madang)" + std::string(kRoot) + path + query + std::string(kSkip) + std::to_string(skip + kPage) + R"(",)";
    out += R"("value":[)";
    for (auto i = skip; i < std::min(skip + kPage, all.size()); ++i) out += (i == skip ? "" : ",") + all[i];
    return out + "]}";
  }

  Collections const collections_;
  TcpReceiver receiver_;
};

}  // namespace madang::test
