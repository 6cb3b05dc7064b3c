using System.Reflection;
using RespKv.TestKit.Server;

namespace RespKv.Console.Tests;

/// <summary>A test that needs Chromium, and Node.js for the driver that steers it. Without them it is skipped, and the report names what is missing.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Machine.WhyNoBrowser;
}

/// <summary>A test that needs Node.js and npm.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = Machine.WhyNoNode;
}

/// <summary>What is on this machine and where the sources are.</summary>
internal static class Machine
{
    public static string? WhyNoNode => Tool.Find("node") is null ? "node is not installed" : Tool.Find("npm") is null ? "npm is not installed" : null;

    public static string? WhyNoBrowser => WhyNoNode ?? (Tool.Find("chromium") is null ? "chromium is not installed" : null);

    /// <summary>A path that the project file wrote into this assembly.</summary>
    public static string PathOf(string name)
        => Path.GetFullPath(typeof(Machine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!);
}
