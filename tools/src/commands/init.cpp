#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands.hpp"
#include "leftfold/tools/main.hpp"
#include "new_project.hpp"

namespace leftfold::inline v0::tools {

namespace {

int init(const std::string& path, const console& on) {
    const auto project = make_project(path);
    if (on.json) {
        boost::json::array files;
        for (const auto& file : project.files) files.emplace_back(file);
        on.write({{"project", project.name}, {"directory", path}, {"files", std::move(files)}});
        return success;
    }
    on.line(fmt::format("{} has {} files. What comes next:", path, project.files.size()));
    on.line(fmt::format("  cd {}", path));
    on.line("  cmake -S . -B build -G Ninja && cmake --build build");
    on.line("  ctest --test-dir build");
    on.line(fmt::format("  build/{} apple 5", project.name));
    return success;
}

}  // namespace

void declare_init(command_list& all) {
    auto path = std::make_shared<std::string>();
    all.add("init", "Write a project to start from: an aggregate, a read model, a test",
            [path](const console& on) { return init(*path, on); })
        .place("NAME", *path, "The project's directory, which is made; its last part is the project's name");
}

}  // namespace leftfold::inline v0::tools
