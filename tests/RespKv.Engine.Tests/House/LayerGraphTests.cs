using System.Xml.Linq;
using RespKv.TestKit.Server;

namespace RespKv.Engine.Tests.House;

/// <summary>Layers point one way: Server -> Hosting -> Http -> Engine, Tool -> Engine -> Protocol, Storage. See docs/ARCHITECTURE.md.</summary>
public sealed class LayerGraphTests
{
    /// <summary>What each project of ours may refer to directly. A new project has to be put here.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["RespKv.Protocol"] = [],
        ["RespKv.Storage"] = [],
        ["RespKv.Engine"] = ["RespKv.Protocol", "RespKv.Storage"],
        ["RespKv.Http"] = ["RespKv.Engine"],
        ["RespKv.Hosting"] = ["RespKv.Engine", "RespKv.Http"],
        ["RespKv.Server"] = ["RespKv.Hosting"],
        ["RespKv.Tool"] = ["RespKv.Engine"],
    };

    [Fact]
    public void Projects_refer_only_to_the_layers_below_them()
    {
        string[] projects = Directory.GetFiles(Path.Combine(Repository.Root(), "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(Allowed.Keys.Order(), projects.Select(p => Path.GetFileNameWithoutExtension(p)!).Order());
        foreach (string project in projects)
        {
            IEnumerable<string> references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.Equal(Allowed[Path.GetFileNameWithoutExtension(project)].Order(), references.Order());
        }
    }

    [Theory]
    [InlineData("RespKv.Protocol")]
    [InlineData("RespKv.Storage")]
    public void The_lowest_layers_know_nothing_of_ours(string assembly)
    {
        IEnumerable<string?> ours = System.Reflection.Assembly.Load(assembly).GetReferencedAssemblies()
            .Select(a => a.Name).Where(n => n!.StartsWith("RespKv", StringComparison.Ordinal));
        Assert.Empty(ours);
    }

    /// <summary>The homes of unsafe code: P/Invoke, and the two that hand buffers to it.</summary>
    private static readonly string[] UnsafeHomes = ["Native.cs", "EpollNative.cs", "PosixFile.cs", "WakeEvent.cs"];

    [Fact]
    public void Unsafe_code_and_pinvoke_stand_in_named_files_only()
    {
        var offenders = new List<string>();
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root(), "src"), "*.cs", SearchOption.AllDirectories))
        {
            if (file.Contains("/obj/", StringComparison.Ordinal) || UnsafeHomes.Contains(Path.GetFileName(file)))
            {
                continue;
            }

            string text = File.ReadAllText(file);
            if (text.Contains("[LibraryImport", StringComparison.Ordinal) || text.Contains("[DllImport", StringComparison.Ordinal)
                || text.Contains(" unsafe ", StringComparison.Ordinal) || text.Contains("Unsafe.", StringComparison.Ordinal))
            {
                offenders.Add(Path.GetFileName(file));
            }
        }

        Assert.Empty(offenders);
    }
}
