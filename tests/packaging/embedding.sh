#!/usr/bin/env bash
# Packs RespKv.Hosting and what it needs, and runs a program of four lines that uses the package: tests/packaging/embedding.sh [work directory]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work/feed" "$work/program"
for project in Protocol Storage Engine Http Hosting; do
  dotnet pack -c Release --nologo -v q -p:PackageOutputPath="$work/feed" "$root/src/RespKv.$project"
done
ls -l "$work/feed"

cat > "$work/program/nuget.config" <<CONFIG
<configuration>
  <config><add key="globalPackagesFolder" value="$work/packages" /></config>
  <packageSources><add key="packed" value="$work/feed" /></packageSources>
</configuration>
CONFIG
cat > "$work/program/program.csproj" <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="RespKv.Hosting" Version="0.1.0" />
  </ItemGroup>
</Project>
PROJECT
cat > "$work/program/Program.cs" <<'PROGRAM'
await using var server = new RespKv.Hosting.RespKvServer(new RespKv.Hosting.RespKvOptions());
await server.StartAsync();
using var client = new System.Net.Sockets.TcpClient("127.0.0.1", server.EndPoint.Port);
using var reader = new StreamReader(client.GetStream());
client.GetStream().Write("SET k v\r\nGET k\r\n"u8);
Console.WriteLine($"{reader.ReadLine()} {reader.ReadLine()} {reader.ReadLine()}");
PROGRAM
cd "$work/program"
said=$(dotnet run -c Release)
[ "$said" = '+OK $1 v' ] || { echo "the program said: $said"; exit 1; }
echo "packed and used from $work/feed"
