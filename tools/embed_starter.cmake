# Writes the files below FROM that FILES names, separated by |, into the source file TO: what
# tools/src/starter_files.hpp declares.
string(REPLACE "|" ";" names "${FILES}")
set(code "#include \"starter_files.hpp\"\n\nnamespace leftfold::inline v0::tools {\n\nnamespace {\n\n")
string(APPEND code "constexpr starter_file files[] = {\n")
foreach(name IN LISTS names)
  file(READ "${FROM}/${name}" text)
  string(APPEND code "    {\"${name}\", R\"starter(${text})starter\"},\n")
endforeach()
string(APPEND code "};\n\n}  // namespace\n\n")
string(APPEND code "std::span<const starter_file> starter_files() { return files; }\n\n")
string(APPEND code "}  // namespace leftfold::inline v0::tools\n")
file(WRITE "${TO}" "${code}")
