using System.Reflection;
using System.Runtime.InteropServices;

namespace RespKv.Hosting;

/// <summary>The version as people see it.</summary>
internal static class ProductVersion
{
    /// <summary>For example <c>0.1.0</c>; what the build appends behind a plus is left out.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static string Line { get; } =
        $"RespKv server v={Text} bits={IntPtr.Size * 8} runtime={RuntimeInformation.FrameworkDescription.Replace(' ', '-')} platform={RuntimeInformation.RuntimeIdentifier}";
}
