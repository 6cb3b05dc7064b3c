using RespKv.Fuzz.Configuration;
using RespKv.Fuzz.Manifest;
using RespKv.Fuzz.Protocol;
using RespKv.Fuzz.Rdb;
using RespKv.Fuzz.Running;
using RespKv.Fuzz.Tables;
using RespKv.Fuzz.Wal;

namespace RespKv.Fuzz;

/// <summary>All targets by name.</summary>
internal static class TargetList
{
    private static readonly Dictionary<string, Func<IFuzzTarget>> Makers = new(StringComparer.Ordinal)
    {
        ["resp"] = () => new RequestTarget(),
        ["reply"] = () => new ReplyTarget(),
        ["wal"] = () => new WalTarget(),
        ["table"] = () => new TableTarget(),
        ["manifest"] = () => new ManifestTarget(),
        ["config"] = () => new ConfigTarget(),
        ["payload"] = () => new PayloadTarget(),
    };

    public static IReadOnlyList<string> Names => [.. Makers.Keys];

    public static IFuzzTarget Make(string name) => Makers[name]();
}
