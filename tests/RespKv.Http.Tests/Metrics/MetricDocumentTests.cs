using RespKv.Http.Metrics;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Metrics;

/// <summary>docs/metrics.md has the table that the declarations give. With RESPKV_UPDATE_DOCUMENTS=1 in the environment the test writes it instead.</summary>
public sealed class MetricDocumentTests
{
    private const string Begin = "<!-- metrics: written by the declarations, see docs/HACKING.md -->\n";
    private const string End = "<!-- end of metrics -->\n";

    [Fact]
    public void Document_has_the_table_of_the_declarations()
    {
        string file = Path.Combine(Repository.Root(), "docs", "metrics.md");
        string text = File.ReadAllText(file);
        int start = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(start >= Begin.Length && end >= start, $"{file} has lost the marks of its table");
        if (Environment.GetEnvironmentVariable("RESPKV_UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(file, text[..start] + MetricReference.Table() + text[end..]);
            return;
        }

        Assert.True(
            text[start..end] == MetricReference.Table(),
            $"{file} is not what the declarations say. Run: RESPKV_UPDATE_DOCUMENTS=1 dotnet test -c Release tests/RespKv.Http.Tests --filter FullyQualifiedName~MetricDocument");
    }

    [Fact]
    public void Declarations_have_names_of_their_own_and_end_as_their_kind_wants()
    {
        var families = new HashSet<string>(StringComparer.Ordinal);
        foreach (MetricDeclaration metric in ServerMetrics.All)
        {
            bool isCounter = metric.Kind == MetricKind.Counter;
            Assert.Equal(isCounter, metric.Name.EndsWith("_total", StringComparison.Ordinal));
            Assert.True(families.Add(isCounter ? metric.Name[..^"_total".Length] : metric.Name), $"{metric.Name} is declared twice");
            Assert.Matches("^[a-z][a-z0-9_]*$", metric.Name);
            Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
        }
    }
}
